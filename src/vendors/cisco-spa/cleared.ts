import { ANY_NUMBER } from './mapping/dial-plan.ts';
import { FACTORY_RULE } from './mapping/provisioning.ts';
import { bareName } from '../kit/text.ts';

// An absent parameter keeps its value and there is no word for "default", so each default that is not empty stands here.
// Source: parameter dumps of SPA942, SPA504G, SPA525G2 and a Linksys ATA; provisioning guide 3.0; ATA 191
// and 192 provisioning guide, "Router Configuration Parameters".

/** Taken back, these would open the phone to anyone, or say a password that nobody chose: they stay until a new one comes. */
const STAYS = /(?:^|\/)(?:Admin_Passw(?:or)?d|User_Password|IVR_Admin_Passwd|Web_Login_\w+)$/;

/** Of the whole phone. */
const DEFAULTS: Readonly<Record<string, string>> = {
  Provision_Enable: 'Yes',
  Resync_On_Reset: 'Yes',
  Resync_From_SIP: 'Yes',
  Resync_Periodic: '3600',
  Resync_Random_Delay: '2',
  Resync_At_Random_Delay: '600',
  // Never 0 and never empty: one guide says that the phone then tries again at once, another that it never does.
  Resync_Error_Retry_Delay: '3600',
  Upgrade_Enable: 'Yes',
  Upgrade_Error_Retry_Delay: '3600',
  Profile_Rule: FACTORY_RULE,
  Enable_Web_Server: 'Yes',
  'Phone-UI-user-mode': 'No',
  Connection_Type: 'DHCP',
  DNS_Server_Order: 'DHCP,Manual',
  Enable_VLAN: 'No',
  Enable_PC_Port_VLAN_Tagging: 'No',
  PC_Port_VLAN_Highest_Priority: 'No Limit',
  'Enable_LLDP-MED': 'Yes',
  Enable_CDP: 'Yes',
  STUN_Enable: 'No',
  NAT_Keep_Alive_Intvl: '15',
  // unverified: the defaults of the four below.
  Handle_VIA_rport: 'No',
  Insert_VIA_rport: 'No',
  RTP_Port_Min: '16384',
  RTP_Port_Max: '16482',
  Connect_on_Bootup: 'No',
  // The neutral zone: no source names the factory's.
  Time_Zone: 'GMT',
  Daylight_Saving_Time_Enable: 'No',
  Date_Format: 'month/day',
  Time_Format: '12hr',
  // An empty tone is silence. unverified: all but the first.
  Ring_Back_Tone: '440@-19,480@-19;*(2/4/1+2)',
  Dial_Tone: '350@-19,440@-19;10(*/0/1+2)',
  Busy_Tone: '480@-19,620@-19;10(.5/.5/1+2)',
  Reorder_Tone: '480@-19,620@-19;10(.25/.25/1+2)',
  Call_Waiting_Tone: '440@-10;30(.3/9.7/1)',
  // unverified.
  Back_Light_Timer: '10 s',
  Back_Light_Enable: 'Yes',
  Select_Background_Picture: 'None',
  Background_Picture_Type: 'None',
  Screen_Saver_Enable: 'No',
  Screen_Saver_Wait: '300',
  Secure_Call_Serv: 'Yes',
  Secure_Call_Setting: 'No',
  SRTP_Method: 'x-sipura',
  AVT_Dynamic_Payload: '101',
  // unverified.
  Caller_ID_Header: 'PAID-RPID-FROM',
  Server_Type: 'Broadsoft',
  SPA932_Call_Pickup_Code: '*98',
  Group_Call_Pickup_Code: '*37',
  LDAP_Dir_Enable: 'No',
  LDAP_Auth_Method: 'None',
  Auth_Type: 'None',
  Debug_Level: '0',
  CW_Setting: 'Yes',
  Call_Waiting_Serv: 'Yes',
  DND_Serv: 'Yes',
  DND_Setting: 'No',
  Cfwd_All_Serv: 'Yes',
  Cfwd_Busy_Serv: 'Yes',
  Cfwd_No_Ans_Serv: 'Yes',
  Cfwd_No_Ans_Delay: '20',
  Auto_Answer_Page: 'Yes',
  Signaling_Protocol: 'SIP',
  'SPCP_Auto-detect': 'No',
  'SPA525-protocol': 'SIP',
  'SPA525-auto-detect-sccp': 'No',
  WAN_VLAN_Enable: '0',
  WAN_Connection_Type: 'dh',
  WAN_Static_IP_NET: '0.0.0.0:0.0.0.0:0.0.0.0',
  DNS_Order: '2',
  LLDP_ENABLE: '1',
  CDP_ENABLE: '1',
  Time_Server_Mode: 'auto',
  Auto_Adjust_Clock: '1',
  Web_Utility_Access_HTTP: '0',
  Web_Utility_Access_HTTPS: '1',
};

/** Of a line or a line key; others of a line are empty by default, or as for the whole phone. */
const OF_A_LINE: Readonly<Record<string, string>> = {
  Line_Enable: 'No',
  Register: 'No',
  Use_Auth_ID: 'No',
  'Auth_Resync-Reboot': 'Yes',
  Use_DNS_SRV: 'No',
  Auto_Register_When_Failover: 'No',
  Use_Outbound_Proxy: 'No',
  Register_Expires: '3600',
  SIP_Transport: 'UDP',
  DTMF_Tx_Method: 'Auto',
  Preferred_Codec: 'G711u',
  Second_Preferred_Codec: 'Unspecified',
  Third_Preferred_Codec: 'Unspecified',
  Use_Pref_Codec_Only: 'No',
  Voice_Mail_Subscribe_Interval: '86400',
  Mailbox_Subscribe_Expires: '86400',
  MWI_Serv: 'Yes',
  VMWI_Serv: 'Yes',
  Share_Ext: 'private',
  Share_Call_Appearance: 'private',
  Short_Name: '$USER',
  Dial_Plan: ANY_NUMBER,
  Default_Ring: '1',
  NAT_Mapping_Enable: 'No',
  NAT_Keep_Alive_Enable: 'No',
  SIP_TOS_DiffServ_Value: '0x68',
  SIP_ToS_DiffServ_Value: '0x68',
  RTP_TOS_DiffServ_Value: '0xb8',
  RTP_ToS_DiffServ_Value: '0xb8',
  // unverified.
  SIP_CoS_Value: '3',
  RTP_CoS_Value: '6',
  Proxy_Fallback_Intvl: '3600',
  Enable_IP_Dialing: 'No',
  Restrict_Source_IP: 'No',
  Feature_Key_Sync: 'No',
};

const CODEC_SWITCH = /^G7[\w-]{1,8}_Enable$/;
const INDEXED = /^(?<tag>.+?)_{1,2}(?<index>\d{1,3})_{1,2}$/;

function ofIndex(tag: string, index: number): string {
  if (tag === 'SIP_Port') return String(5059 + index);
  if (tag === 'Extension') return String(index);
  if (CODEC_SWITCH.test(tag)) return 'Yes';
  return OF_A_LINE[tag] ?? DEFAULTS[tag] ?? '';
}

/** How a parameter that the phone no longer has is written: its default where it has one, else empty. */
export function cleared(name: string): string | undefined {
  const bare = bareName(name);
  if (STAYS.test(bare)) return undefined;
  // Of the router's zones no source names a neutral one, so the last stays.
  if (bare === 'router-configuration/Time_Setup/Time_Zone') return undefined;
  const tag = bare.slice(bare.lastIndexOf('/') + 1);
  const indexed = INDEXED.exec(tag)?.groups;
  if (indexed?.['tag'] !== undefined) return ofIndex(indexed['tag'], Number(indexed['index']));
  return /^Unit_\d_Enable$/.test(tag) ? 'No' : (DEFAULTS[tag] ?? '');
}
